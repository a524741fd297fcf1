/* Closes two gaps in Streamlit's page: the language of the document after a switch, and the roles
   of the navigation's list, whose sections stand between the list and its items. */
(() => {
  const complete = () => {
    const language = new URLSearchParams(location.search).get("lang");
    if (language && document.documentElement.lang !== language) {
      document.documentElement.lang = language;
    }
    document.querySelectorAll('ul[data-testid="stSidebarNavItems"]').forEach((list) => {
      const sections = list.querySelectorAll(":scope > :not(li)");
      if (sections.length) list.setAttribute("role", "group");
      else list.removeAttribute("role");
      sections.forEach((section) => section.setAttribute("role", "list"));
    });
  };
  let asked = 0;
  new MutationObserver(() => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(complete);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
