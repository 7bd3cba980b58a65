// SPDX-License-Identifier: Apache-2.0
// Points in the latent space: where pictures come from.

/** Vector of `length` numbers from N(0, 1), the same ones for a seed. */
export function latent(seed, length) {
  const next = uniform(seed);
  // Box and Muller's way: an angle and a radius for each number.
  return Float32Array.from({ length }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return radius * Math.cos(2 * Math.PI * next());
  });
}

/** Function that draws numbers evenly from [0, 1): mulberry32. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Go from one vector to another along the great circle between them.
 *
 * Latents lie near a sphere, which a straight line would leave. The share is
 * 0 for `start` and 1 for `end`.
 */
export function slerp(start, end, share) {
  const cosine = dot(start, end) /
    (Math.sqrt(dot(start, start) * dot(end, end)) || 1);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  // Between equal or opposite directions there is no one circle.
  const [near, far] = sine > 1e-6
    ? [Math.sin((1 - share) * angle) / sine, Math.sin(share * angle) / sine]
    : [1 - share, share];
  return Float32Array.from(start, (x, i) => near * x + far * end[i]);
}

function dot(one, other) {
  return one.reduce((sum, x, i) => sum + x * other[i], 0);
}
