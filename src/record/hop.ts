import { z } from 'zod';

/** Whose sidecar or service it is: the client's, the first service's, or that of one behind it. */
export const hopSchema = z.union([z.enum(['client', 'server']), z.templateLiteral(['server-', z.int().min(2)])]);
