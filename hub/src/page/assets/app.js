// The entry point: puts together the frame, the router, the keys and the tab's one stream of events.

import { Frame } from './shell/frame.js';
import { startKeys } from './shell/keys.js';
import { startLogin } from './shell/login.js';
import { Router } from './shell/router.js';
import { ROUTES } from './shell/routes.js';
import { startAges } from './format.js';
import { Live } from './live.js';

const frame = new Frame(document);
const live = new Live((state) => frame.showStream(state));
const router = new Router(ROUTES, frame, live);

startKeys(router);
startAges();
await startLogin();
router.start();
