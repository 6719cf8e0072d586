import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileContent } from '../../src/messages/template.ts';

/** What a browser's parser makes of a page: its elements with the names of their attributes, and their text. */
async function parsed(page: string): Promise<{ elements: string[]; texts: string }> {
  const elements: string[] = [];
  let texts = '';
  const rewriter = new HTMLRewriter().on('*', {
    element({ tagName, attributes }) {
      elements.push([tagName, ...[...attributes].map(([name]) => name)].join(' '));
    },
    text({ text }) {
      texts += text;
    },
    comments() {
      elements.push('comment');
    },
  });
  await rewriter.transform(new Response(page)).text();
  return { elements, texts };
}

const markup = fc.constantFrom(
  ...[
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '" onload="alert(1)',
    "' onload='alert(1)",
    '</p><p>',
  ],
  ...['<!--', '-->', '&lt;b&gt;', '{{cart.value}}', '<', '>', '"', "'", '&', 'javascript:'],
);
const hostile = fc.array(fc.oneof(markup, fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 6 });

describe('the page that shows a message', () => {
  test('has the elements of its own that it had before, whatever facts and titles say', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (name, title) => {
        const [said, titled] = [name.join('') || 'x', title.join('') || 'x'];
        const content = compileContent({
          text: 'Dear {{trait.name}}',
          inside: { deep: ['{{recommendations.0.title}}'] },
          items: '{{recommendations:for_you:1}}',
        })({
          facts: { trait: { name: said } },
          locale: 'en',
          currency: 'GBP',
          recommend: () => [{ title: titled, tags: [titled], more: { title: titled } }],
        });
        const { text, inside, items } = content as {
          text: string;
          inside: { deep: string[] };
          items: { title: string; tags: string[]; more: { title: string } }[];
        };
        const parts = [text, inside.deep[0], items[0]?.title, items[0]?.tags[0], items[0]?.more.title];
        for (const part of parts) {
          const quoted = await parsed(`<p title="${part}">${part}</p><p title='${part}'></p>`);
          expect(quoted.elements).toEqual(['p title', 'p title']);
        }
      }),
      { numRuns: 60 },
    );
  });
});
