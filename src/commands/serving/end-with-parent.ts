/** Loaded into the server's process before anything else: a parent that was killed outright cannot pass a signal on, but the channel to it closes. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
