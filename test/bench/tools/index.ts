import { autocannon } from './autocannon.ts';
import { fortio } from './fortio.ts';
import { h2load } from './h2load.ts';
import { hey } from './hey.ts';
import { k6 } from './k6.ts';
import { own } from './own.ts';
import type { Tool } from './tool.ts';
import { wrk } from './wrk.ts';

/** Every load tool that is compared. Adding one is one file and one entry here. */
export const TOOLS: readonly Tool[] = [own, autocannon, fortio, k6, hey, h2load, wrk];
