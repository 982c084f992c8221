// The desk's scripts: each behaviour is one file, wired by data attributes, and needs no other.
import "./behaviors/once.js"; // before those that note what is sent
import "./behaviors/busy.js";
import "./behaviors/copy.js";
import "./behaviors/dialog.js";
import "./behaviors/dirty.js";
import "./behaviors/drawer.js";
import "./behaviors/farewell.js";
import "./behaviors/focus.js";
import "./behaviors/going_on.js";
import "./behaviors/hotkeys.js";
import "./behaviors/later.js";
import "./behaviors/latest.js";
import "./behaviors/live.js";
import "./behaviors/quote_form.js";
import "./behaviors/refused.js";
import "./behaviors/search.js";
import "./behaviors/signed_out.js";
import "./behaviors/star.js";
import "./behaviors/toast.js";
// What some of them need: asked for together with them, not after they have come.
import "./behaviors/pressing.js";
import "./behaviors/styles.js";
