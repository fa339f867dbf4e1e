// Writes the cookie that tells which workspace this browser belongs to, and takes no room on the page.

export default function ({ data, parentElement }) {
  parentElement.host.closest('[data-testid="stElementContainer"]')?.style.setProperty("display", "none");
  // A second tab, opened before the first one's cookie was there, must not take its workspace away.
  if (document.cookie.split("; ").some((pair) => pair.startsWith(`${data.name}=`))) return;
  document.cookie = `${data.name}=${data.value}; path=/; max-age=31536000; SameSite=Lax`;
}
