import { directoryObject } from '../env.ts';
import { MemoryObject } from './memory-object.ts';

/** How a memory is found by the directory while it holds what has not been delivered. */
export abstract class AnnouncingObject extends MemoryObject {
  #announcing: Promise<void> | null = null;

  /** Lets the directory know that a window was opened, where it was; whoever acknowledges an event of that window waits for it. */
  protected async announced(opened: number): Promise<void> {
    if (opened > 0) this.#announcing = this.#announce(opened);
    if (this.#announcing !== null) await this.#announcing;
  }

  /** The visitor is found by the directory if this object's own alarm should get lost. */
  async #announce(events: number): Promise<void> {
    const { shop, sender, window } = this.state.core;
    try {
      await directoryObject(this.env, shop).opened({ sender, window, events });
    } catch (error) {
      // The events are on disk and the alarm is set: the sweep is a second net.
      console.error(JSON.stringify({ shop, directory: 'not told', error: String(error) }));
    } finally {
      if (this.state.core.window === window) this.#announcing = null;
    }
  }
}
