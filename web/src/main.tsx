import { render } from "preact";
import { App } from "./ui/app";
import { createDesk } from "./ui/desk";
import "./ui/style.css";
import "./ui/stage.css";
import "./ui/tools.css";

render(<App desk={createDesk(location.search)} />, document.getElementById("app") as HTMLElement);
