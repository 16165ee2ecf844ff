// How long a text is on the air, counted as the server counts it (message_templates/segments.py).
"use strict";

// What the server takes for white space.
const WHITE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const tidied = (typed) => typed.replace(WHITE, " ").trim();

// `basics` and `extensions`: the signs of the alphabet GSM-7, one and two units each.
const measuredBy = (basics, extensions) => {
  const basic = new Set(basics);
  const extended = new Set(extensions);
  return (text) => {
    const signs = [...text];
    const isGsm = signs.every((sign) => basic.has(sign) || extended.has(sign));
    const sizes = signs.map((sign) => (isGsm ? (extended.has(sign) ? 2 : 1) : sign.length));
    const units = sizes.reduce((sum, size) => sum + size, 0);
    const [alone, joined] = isGsm ? [160, 153] : [70, 67];
    if (units <= alone) return { encoding: isGsm ? "GSM-7" : "UCS-2", units, alone, segments: Math.min(units, 1) };
    let segments = 1;
    let used = 0;
    for (const size of sizes) {
      if (used + size > joined) {
        segments += 1;
        used = 0;
      }
      used += size;
    }
    return { encoding: isGsm ? "GSM-7" : "UCS-2", units, alone, segments };
  };
};

const tellLength = (line, { encoding, units, alone, segments }) => {
  line.querySelector(".units").textContent = units;
  line.querySelector(".room").textContent = alone;
  line.querySelector(".segments").textContent = segments === 1 ? "1 text" : `${segments} texts`;
  line.querySelector(".encoding").textContent = encoding;
  line.classList.toggle("over", segments > 1);
};
