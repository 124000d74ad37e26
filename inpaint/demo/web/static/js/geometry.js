// Numbers and shapes.

export const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export const corners = (left, top, right, bottom) => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];
