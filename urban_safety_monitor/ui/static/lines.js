// Lines of a profile: what is below one is fetched when it is opened, and the address names the
// line opened last, so that a copied address opens it again.
window.usmLines ??= (() => {
  const fetchInside = async (line) => {
    const inside = line.querySelector(":scope > .inside");
    if (!inside.ariaBusy) return;
    const { inside: address, failed } = line.closest("[data-inside]").dataset;
    const asked = line.dataset.opens && `&ind=${line.dataset.opens}`;
    try {
      const answer = await fetch(address + asked);
      if (!answer.ok) throw new Error(answer.statusText);
      inside.innerHTML = await answer.text();
      inside.ariaBusy = null;
    } catch {
      inside.textContent = failed;
    }
  };
  const nameInAddress = (indicator, isOpen) => {
    const address = new URL(location.href);
    const isNamed = address.searchParams.get("ind") === indicator;
    if (isOpen === isNamed) return;
    if (isOpen) address.searchParams.set("ind", indicator);
    else address.searchParams.delete("ind");
    history.replaceState(history.state, "", address);
    dispatchEvent(new PopStateEvent("popstate")); // Streamlit reads the address at such an event
  };
  document.addEventListener("toggle", ({ target: line }) => {
    const indicator = line.dataset?.opens;
    if (indicator === undefined) return;
    if (line.open) fetchInside(line);
    if (indicator) nameInAddress(indicator, line.open);
  }, true);
  return {
    open: (indicator) => {
      const inside = document.getElementById(`in-${indicator}`);
      if (inside) inside.parentElement.open = true;
    },
  };
})();
