// The entry point: puts together the frame, the router, the keys and the tab's one stream of events.

import { onUnauthorized } from './api.js';
import { Frame } from './shell/frame.js';
import { startKeys } from './shell/keys.js';
import { Router } from './shell/router.js';
import { ROUTES } from './shell/routes.js';
import { startAges } from './format.js';
import { Live } from './live.js';
import { logInFromAddress, loginView } from './login.js';

const frame = new Frame(document);
const live = new Live((state) => frame.showStream(state));
const router = new Router(ROUTES, frame, live);

onUnauthorized.call = () => router.interrupt(loginView);
startKeys(router);
startAges();
await logInFromAddress();
router.start();
