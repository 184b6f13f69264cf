// @ts-nocheck
import { Option } from '@commander-js/extra-typings';
import { ON_INCONCLUSIVE } from '../analysis/onInconclusive.ts';

/** The flag of every command that ends with a verdict. */
export function onInconclusive() {
  return new Option(
    '--on-inconclusive <what>',
    'whether inconclusive required lines fail a run (exit 4) or pass it (exit 0); a run that is no fair measurement always fails',
  )
    .choices(ON_INCONCLUSIVE)
    .default('fail' as const);
}
