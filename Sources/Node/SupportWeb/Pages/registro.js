import { sendByScript } from "./form.js";

sendByScript(document.getElementById("form"), "/login");
