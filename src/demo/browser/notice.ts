/** Messages of Floorwalker's on the page: each shown at its moment, reported as shown, and sent away for good. */
import type { Decision, Message } from './answer.ts';
import { el } from './dom.ts';
import { send } from './floorwalker.ts';
import { keepWaiting, waiting } from './kept.ts';
import { whenItComes } from './moments.ts';

/** The text of a content: it is escaped for markup, and here it becomes a text. */
function textOf(content: Message['content']): string {
  const { text } = content;
  return typeof text === 'string' ? (new DOMParser().parseFromString(text, 'text/html').body.textContent ?? '') : '';
}

function show(place: Element, { messageId, impressionId, content, type }: Message): void {
  const close = el('button', { type: 'button', class: 'notice-close', 'aria-label': 'Dismiss this message' }, '×');
  const notice = el('div', { class: `notice notice-${type}`, role: 'status' }, el('p', {}, textOf(content)), close);
  close.addEventListener('click', () => {
    notice.remove();
    void send({ name: 'dismiss', messageId, impressionId });
  });
  place.append(notice);
}

/** Shows what is to be said when its moment comes. What is held out is reported at that moment, too, and not shown. */
export function showMessages(place: Element, { messages = [], suppressed = [] }: Decision): void {
  const said = messages.filter((one) => textOf(one.content) !== '').map((message) => ({ ...message, message }));
  const heldOut = suppressed.flatMap(({ trigger, impressionId }) =>
    trigger === undefined || impressionId === undefined ? [] : [{ trigger, impressionId, message: null }],
  );
  const all = [...said, ...heldOut];
  keepWaiting(all.flatMap(({ trigger, impressionId }) => (trigger.withinSeconds === undefined ? [] : [impressionId])));
  for (const { trigger, impressionId, message } of all)
    whenItComes(trigger, () => {
      if (message !== null) show(place, message);
      keepWaiting(waiting().filter((id) => id !== impressionId));
      void send({ name: 'impression', impressionId });
    });
}
