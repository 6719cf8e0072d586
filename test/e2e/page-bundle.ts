import { build } from 'esbuild';

/** A page's script with the clients from npm that it imports, as a shop would bundle it. @param entry absolute path */
export async function pageBundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.text ?? '';
}
