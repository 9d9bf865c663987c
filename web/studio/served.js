/** The file that `candlefish studio moods.toml` serves and saves. */

const ADDRESS = new URL("./studio/file", document.baseURI);

export class ServedFile {
  constructor() {
    this.name = "";
    this.text = "";
    this.tag = "";
  }

  /** Reads the file; throws an error with the server's message when it cannot be read. */
  async read() {
    const response = await fetch(ADDRESS, { cache: "no-store" });
    if (!response.ok) throw new Error(await response.text());
    this.take(response);
    this.text = await response.text();
    return this;
  }

  /**
   * @param {string} text
   * @returns {Promise<string>} what went wrong; "" when it is saved
   */
  async write(text) {
    try {
      const headers = { "If-Match": this.tag, "Content-Type": "application/toml" };
      const response = await fetch(ADDRESS, { method: "PUT", body: text, headers });
      if (!response.ok) return await response.text();
      this.take(response);
      return "";
    } catch (error) {
      return `the file could not be saved: ${error}`;
    }
  }

  /** @param {Response} response */
  take(response) {
    this.tag = response.headers.get("ETag") ?? "";
    this.name = decodeURIComponent(response.headers.get("X-File-Name") ?? "moods.toml");
  }
}
