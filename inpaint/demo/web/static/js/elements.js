// The page's elements: those that it has, by id, and new ones.

export const element = (id) => document.getElementById(id);

export const make = (kind, properties = {}) => Object.assign(document.createElement(kind), properties);
