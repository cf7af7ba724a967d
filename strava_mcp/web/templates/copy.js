// Shows the copy buttons and makes them work. Without it, the text can still be selected.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const status = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {  // not allowed, or plain HTTP, where browsers offer no clipboard
      getSelection().selectAllChildren(text);
      copied = document.execCommand("copy");
    }
    status.textContent = copied ? "Copied" : "Selected: copy it with Ctrl+C or ⌘C";
    setTimeout(() => { status.textContent = ""; }, 4000);
  });
}
