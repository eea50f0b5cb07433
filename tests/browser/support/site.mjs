// All that a test of the operator's pages needs, from one place.

export { openBrowser, shot } from './browser.mjs';
export { Device, groupKey, provision, secretOf, sendOverHttp } from './device.mjs';
export { heard, hold, listen, loadAgain, pressDuring, until } from './hands.mjs';
export { startHub } from './hub.mjs';
export { audit, tooWide, unlabelled } from './looks.mjs';
export { artifacts, DEADLINE, root } from './settings.mjs';
export { startSensor } from './sensor.mjs';
export { editTemplate, tutorialTemplate } from './templates.mjs';
