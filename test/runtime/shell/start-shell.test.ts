import { startShell } from '@trestle/runtime';

it.each([undefined, null, {}, 'a@127.0.0.1'])(
  'a shell is refused by name on what is no node: %j',
  async (node) => {
    await expect(startShell(node as never)).rejects.toMatchObject({
      code: 'ERR_BAD_ARGUMENT',
      message: expect.stringMatching(/^startShell: expected a node, got /),
    });
  },
);
