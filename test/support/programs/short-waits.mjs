// For processes that keep a second between their writes to a server of ours: waits of up to a second take no time, and the
// clock of the process goes ahead by them. Longer ones, such as time limits, stay as they are.
const [setTimer, now] = [globalThis.setTimeout, Date.now];
let aheadMs = 0;

Date.now = () => now() + aheadMs;
globalThis.setTimeout = (act, ms = 0, ...given) => {
  if (ms < 100 || ms > 1000) return setTimer(act, ms, ...given);
  return setTimer(() => {
    aheadMs += ms;
    act(...given);
  }, 1);
};
