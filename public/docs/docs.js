// Puts Swagger UI in the place of the list of calls, in the page's theme and language. Without it the list stays, which says the same.
const viewer = document.getElementById("viewer");
const html = document.documentElement;

// Swagger UI knows a dark look by a class, and no third choice "as the device".
const device = matchMedia("(prefers-color-scheme: dark)");
const shade = () => {
  const { theme } = html.dataset;
  html.classList.toggle("dark-mode", theme === "dark" || (theme !== "light" && device.matches));
};
device.addEventListener("change", shade);
shade();

const fetched = (tag, set) =>
  new Promise((done, failed) => {
    const element = Object.assign(document.createElement(tag), set);
    element.addEventListener("load", done);
    element.addEventListener("error", failed);
    document.head.append(element);
  });

// Swagger UI speaks English only. Words of its own are exchanged where they stand; words of the document are in our language already.
const words = {
  "Try it out ": "试一试",
  "Try it out": "试一试",
  Cancel: "取消",
  Execute: "发送",
  Clear: "清除",
  Reset: "复原",
  Parameters: "参数",
  "No parameters": "没有参数",
  Responses: "回答",
  "Request body": "请求体",
  "Response body": "回答的内容",
  "Response headers": "回答的头",
  "Request URL": "请求地址",
  "Server response": "服务器的回答",
  "Request duration": "用时",
  Code: "状态",
  Details: "详情",
  Description: "说明",
  Name: "名字",
  Links: "链接",
  "No links": "没有链接",
  Authorize: "授权",
  Logout: "退出",
  Close: "关闭",
  "Available authorizations": "可用的授权",
  Authorized: "已授权",
  Value: "值",
  "Value:": "值：",
  Schema: "结构",
  Schemas: "结构",
  "Example Value": "示例",
  Examples: "示例",
  "Media type": "类型",
  "Send empty value": "发送空值",
  Download: "下载",
  Servers: "服务器",
  Loading: "加载中",
  "Loading...": "加载中…",
  required: "必填",
};
const translate = (node) => {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const word = words[text.nodeValue] ?? words[text.nodeValue.trim()];
    if (word && !text.parentElement.closest("pre, textarea, .renderedMarkdown, .parameter__name")) text.nodeValue = word;
  }
};

// What Swagger UI leaves out for those who do not see the page.
const mend = (node) => {
  for (const code of node.querySelectorAll("pre")) code.tabIndex = 0;
  for (const field of node.querySelectorAll("input, select, textarea")) {
    if (field.labels?.length || field.getAttribute("aria-label")) continue;
    const row = field.closest("tr, .opblock-section, .auth-container, .response-control-media-type, .content-type-wrapper");
    const name = row?.querySelector("td:first-child, .parameter__name, h4, label, small")?.textContent.trim();
    field.setAttribute("aria-label", name || field.placeholder || "value");
  }
};

// The dialects by the names that the page gives them.
const names = Object.fromEntries([...document.querySelectorAll(".docs-groups a")].map((a) => [a.hash.slice(1), a.textContent]));
const title = (node) => {
  for (const tag of node.querySelectorAll(".opblock-tag")) {
    const text = tag.querySelector("a span, span");
    if (text && names[tag.dataset.tag] && text.textContent !== names[tag.dataset.tag]) text.textContent = names[tag.dataset.tag];
  }
};

const follow = (node) => {
  if (html.lang.startsWith("zh")) translate(node);
  title(node);
  mend(node);
};

const start = async () => {
  const { document: url, token, bundle, style, themeStyle } = viewer.dataset;
  await Promise.all([
    fetched("link", { rel: "stylesheet", href: style }),
    fetched("script", { src: bundle }),
  ]);
  await fetched("link", { rel: "stylesheet", href: themeStyle });
  const place = document.createElement("div");
  new MutationObserver(() => follow(place)).observe(place, { childList: true, subtree: true });
  const ui = SwaggerUIBundle({
    url,
    domNode: place,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    // The cookie of this page is sent: the reply assistant is called as the user who is signed in here.
    withCredentials: true,
    validatorUrl: null,
    syntaxHighlight: { activated: false },
    // The page's own head has said it already.
    plugins: [{ wrapComponents: { InfoContainer: () => () => null } }],
    onComplete: () => {
      if (token) ui.preauthorizeApiKey("bearer", token);
      viewer.replaceChildren(place);
      for (const a of document.querySelectorAll(".docs-groups a")) a.hash = `operations-tag-${a.hash.slice(1)}`;
      viewer.dataset.ready = "";
    },
  });
};

// A browser that is too old for it, or has lost its way to us, keeps the list.
start().catch((error) => console.info(error));
