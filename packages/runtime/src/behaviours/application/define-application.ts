import type { AnyEnv, ApplicationOptions } from './application-options';
import { checkApplication } from './application-schema';

/**
 * Says what an application is: its name, its settings with their schema, what must run for it, and how it starts and
 * stops. OTP: an application resource file.
 * @returns the same, checked, with the types of its settings filled in
 * @throws BadArgumentError if something in it is wrong
 */
export function defineApplication<Env = AnyEnv, State = undefined>(
  application: ApplicationOptions<Env, State>,
): ApplicationOptions<Env, State> {
  const name = (application as { readonly name?: unknown } | null | undefined)?.name;
  checkApplication(
    typeof name === 'string' ? `defineApplication '${name}'` : 'defineApplication',
    application,
  );
  return Object.freeze({ ...application });
}
