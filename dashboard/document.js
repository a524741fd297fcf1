/* Closes three gaps in Streamlit's page: the language of the document after a switch, the roles of
   the navigation's list, whose sections stand between the list and its items, and tables wider
   than the page, which the keyboard must be able to scroll. */
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
    document.querySelectorAll('[data-testid="stTable"], [data-testid="stTable"] div').forEach((one) => {
      if (one.scrollWidth > one.clientWidth) one.setAttribute("tabindex", "0");
      else one.removeAttribute("tabindex");
    });
  };
  let asked = 0;
  new MutationObserver(() => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(complete);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
