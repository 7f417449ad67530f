export default {
  async show(page) {
    await page.goto("/");
    await page.getByLabel("Token").waitFor();
  },
};
