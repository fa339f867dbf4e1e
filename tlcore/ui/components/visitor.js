// Writes the cookie that tells which workspace this browser belongs to, and takes no room on the page.

export default function ({ data, parentElement }) {
  parentElement.host.closest('[data-testid="stElementContainer"]')?.style.setProperty("display", "none");
  const pair = `${data.name}=${data.value}`;
  if (document.cookie.split("; ").includes(pair)) return;
  document.cookie = `${pair}; path=/; max-age=31536000; SameSite=Lax`;
}
