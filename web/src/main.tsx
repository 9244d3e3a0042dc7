import { render } from "preact";
import { App } from "./ui/app";
import { createPage } from "./ui/page";
import "./ui/style.css";
import "./ui/tools.css";

const page = createPage(location.search);
render(<App page={page} />, document.getElementById("app") as HTMLElement);
