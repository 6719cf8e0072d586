/** A message of Floorwalker's on the page: shown as such, reported as shown, and sent away for good. */
import type { Message } from './answer.ts';
import { el } from './dom.ts';
import { send } from './floorwalker.ts';

/** The text of a content: it is escaped for markup, and here it becomes a text. */
function textOf(content: Message['content']): string {
  const { text } = content;
  return typeof text === 'string' ? (new DOMParser().parseFromString(text, 'text/html').body.textContent ?? '') : '';
}

/** Shows the messages that are to be shown at once. */
export function showNotice(place: Element, messages: readonly Message[]): void {
  for (const { messageId, impressionId, content, type } of messages) {
    const text = textOf(content);
    if (text === '') continue;
    const close = el('button', { type: 'button', class: 'notice-close', 'aria-label': 'Dismiss this message' }, '×');
    const notice = el('div', { class: `notice notice-${type}`, role: 'status' }, el('p', {}, text), close);
    close.addEventListener('click', () => {
      notice.remove();
      void send({ name: 'dismiss', messageId, impressionId });
    });
    place.append(notice);
    void send({ name: 'impression', messageId, impressionId });
  }
}
