const validator = require("validator");

exports.handler = async ({ contact }) => ({
  email: validator.isEmail(contact.email),
  normalised: validator.normalizeEmail(contact.email),
  url: validator.isURL(contact.site, { require_protocol: true }),
  iban: validator.isIBAN(contact.iban),
  phone: validator.isMobilePhone(contact.phone, "de-DE"),
  escaped: validator.escape("<b>Tom & Jerry</b>"),
  card: validator.isCreditCard("4111 1111 1111 1111"),
});
