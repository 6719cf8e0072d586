/** Test sessions as they went, put together again from the questions that a file makes of them. */
import type { Question } from './read.ts';

/** A session of the test file. */
export interface Visit {
  /** All its clicks, in order. */
  items: string[];
  /** What is asked about it, shortest prefix first. */
  questions: Question[];
}

/** The prefix and the click that followed. */
function wholeOf({ prefix, truth }: Question): string[] {
  return [...prefix, ...truth.slice(0, 1)];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

const isShorter = (question: Question, previous: Question) => same(wholeOf(question), previous.prefix);
const isLonger = (question: Question, previous: Question) => same(wholeOf(previous), question.prefix);

/** Which way a file goes. A line may look like the next of the session before it by chance, so that the most frequent way decides. */
function directionOf(questions: readonly Question[]): 'shorter' | 'longer' {
  let balance = 0;
  for (const [i, question] of questions.entries()) {
    const previous = questions[i - 1];
    if (previous !== undefined) balance += Number(isShorter(question, previous)) - Number(isLonger(question, previous));
  }
  return balance > 0 ? 'shorter' : 'longer';
}

/**
 * Rebuilds the sessions: a line that is the previous one less its last item continues its session; in files that go the other way, one that is the
 * previous one and an item more.
 */
export function rebuildVisits(questions: readonly Question[]): Visit[] {
  const direction = directionOf(questions);
  const continues = direction === 'shorter' ? isShorter : isLonger;
  const groups: Question[][] = [];
  for (const [i, question] of questions.entries()) {
    const previous = questions[i - 1];
    if (previous !== undefined && continues(question, previous)) groups.at(-1)?.push(question);
    else groups.push([question]);
  }
  return groups.map((group) => {
    const forwards = direction === 'shorter' ? group.reverse() : group;
    const longest = forwards.at(-1);
    return { items: longest === undefined ? [] : wholeOf(longest), questions: forwards };
  });
}
