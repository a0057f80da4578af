import type { AnyApplication } from './application-options';
import type { ApplicationEnv } from './application-env';

/** An application that its node knows of, whether it runs or not. */
export interface LoadedApplication {
  readonly definition: AnyApplication;
  readonly env: ApplicationEnv;
}
