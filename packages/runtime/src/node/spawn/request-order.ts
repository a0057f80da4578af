import { z } from '#zod';
import { BadArgumentError } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import { flagSchema, textSchema } from '../../terms/option-schemas';
import { monitorOptions } from '../monitors/monitor-options';
import { orderOf, type SpawnOrder, type SpawnTarget } from './spawn-on';
import { spawnOptions, spawnReplies, type SpawnRequestOptions } from './spawn-options';

const schema = z.strictObject({
  ...spawnOptions,
  ...monitorOptions,
  link: flagSchema.optional(),
  monitor: flagSchema.optional(),
  reply: z.enum(spawnReplies, `'${spawnReplies.join("', '")}'`).optional(),
  replyTag: textSchema.optional(),
});

/** A request, and what its options say besides. */
interface RequestOrder extends Required<
  Pick<SpawnRequestOptions, 'link' | 'monitor' | 'reply' | 'replyTag'>
> {
  readonly order: SpawnOrder;
}

/** Checks a request at the door. @throws BadArgumentError; UnsendableError for a function that cannot travel */
export function requestOrderOf(self: NodeName, target: SpawnTarget): RequestOrder {
  const { options, ...order } = orderOf('spawnRequest', self, target, schema);
  const {
    link = false,
    monitor = false,
    reply = 'yes',
    replyTag = 'spawnReply',
    ...rest
  } = options as SpawnRequestOptions;
  if (!monitor && (rest.alias !== undefined || rest.tag !== undefined)) {
    const expected = 'monitor to be true, because alias or tag is given';
    throw new BadArgumentError({ call: 'spawnRequest', expected, got: options });
  }
  return { order: { ...order, options: rest }, link, monitor, reply, replyTag };
}
