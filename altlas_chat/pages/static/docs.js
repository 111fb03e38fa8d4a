// Shows the document that its page names, or that a script before this one brought.
"use strict";

(async () => {
  const main = document.getElementById("docs");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();

  const spec = window.apiDocument ?? (await (await fetch(main.dataset.document)).json());
  if (main.dataset.server !== undefined) {
    const server = new URL(main.dataset.server, window.location.href);
    const url = (server.origin === window.location.origin ? "" : server.origin) + server.pathname;
    spec.servers = [{ url: url.replace(/\/$/, "") || "/", description: "This server." }];
  }
  window.SwaggerUIBundle({
    spec,
    dom_id: "#docs",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    syntaxHighlight: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
})();
