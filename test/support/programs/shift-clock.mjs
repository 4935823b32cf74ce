// Preloaded: the clock of this process is SHIFT_CLOCK_MS ahead of the machine's.
const shift = Number(process.env.SHIFT_CLOCK_MS);
const { now } = Date;
Date.now = () => now() + shift;
