import { z } from '#zod';

/** What a config says of applications: by their names, values for their env. OTP: `sys.config` without `kernel`. */
export type ApplicationConfig = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const section = z.record(z.string(), z.unknown(), 'an object: values by the names of the env');

export const applicationConfigSchema = z.record(
  z.string(),
  section,
  'an object: sections by the names of applications',
);
