// The pages that answer a form, and the first page: their texts are written by the server, in Spanish.

import { Language } from "./language.js";
import { words } from "./support-words.js";

new Language(words).attach(document.getElementById("language"));
