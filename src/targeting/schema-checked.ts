import { checkCondition } from './check.ts';
import { Condition } from './schema.ts';

/** A condition as it arrives in a request: its complaints are those of `checkCondition`, each at its own path. */
export const CheckedCondition = Condition.superRefine((condition, context) => {
  for (const { path, message } of checkCondition(condition)) {
    context.addIssue({ code: 'custom', message, path: path === '' ? [] : [path] });
  }
});
