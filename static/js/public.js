// The little that sign-in and customers' pages gain from scripts; both work without.
import "./behaviors/focus.js";
import "./behaviors/once.js";
