/** What a discovery has found, for people and for the config. */
import type { Discovery } from '../../personas/discover.ts';
import { configOf, propose } from '../../personas/propose.ts';
import { textOf } from '../evaluation/tables.ts';

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function triedTable({ tried }: Discovery): string {
  const rows = tried.map(({ k, rand, chance }) => [String(k), rand.toFixed(2), chance === 1 ? '-' : chance.toFixed(2)]);
  return textOf({
    title: 'How stable numbers of clusters are',
    columns: ['clusters', 'adjusted Rand', 'by chance'],
    rows,
  });
}

/** The clusters with what sets them apart, and the config; or that there are none, and why. */
export function describeDiscovery(discovery: Discovery): string {
  const { visitors, features, tried, found, why } = discovery;
  const head = `${visitors} visitors, ${features.length} habits.`;
  const table = tried.length === 0 ? [] : [triedTable(discovery)];
  if (found === null)
    return [head, ...table, why === 'no stable personas' ? 'No stable personas.' : `Needs ${why}.`].join('\n\n');
  const proposals = propose(features, found);
  const lines = proposals.personas.map(({ name, size, share, apart }) => {
    const habits = apart
      .slice(0, 4)
      .map(({ path, difference }) => `${path} ${difference > 0 ? '+' : ''}${difference.toFixed(1)}`);
    return `${name}: ${size} visitors (${percent(share)}); ${habits.join(', ')}`;
  });
  return [
    head,
    ...table,
    `${found.k} personas, by what sets them apart in standard deviations:\n${lines.join('\n')}`,
    `These signals assign ${percent(proposals.recovered)} of the sample to the cluster they are made of. To paste into the config:`,
    JSON.stringify(configOf(proposals), null, 2),
  ].join('\n\n');
}
