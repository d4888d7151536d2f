import ejs from "ejs";

const page = ejs.compile(`<ul><% for (const user of users) { %>
  <li><%= user.name %><%- user.admin ? " <b>admin</b>" : "" %></li><% } %>
</ul>`);

export const handler = async (event: { users: { name: string; admin?: boolean }[] }) => page(event);
