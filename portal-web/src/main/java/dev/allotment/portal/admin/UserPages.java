// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Operation;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyId;
import dev.allotment.portal.account.AccountMessages;
import dev.allotment.portal.account.ApiKeyRow;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Download;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** The accounts: the list, creation and changes. */
final class UserPages {
    static final String PATH = "/admin/users";
    static final String SECTION = "admin-users";
    private static final String LOGIN = "login";
    private static final int MAX_DATABASES = 50;
    static final Map<String, String> NOTICES = Map.of(
            "saved",
            "Changes saved.",
            "factor-reset",
            "The second factor is removed, and the user is signed out everywhere.",
            "created",
            "User created. No email was sent: give the password to the user.",
            "invited",
            "User created. An email with a link to choose a password is on its way. The link works for 7 days.",
            "unreachable",
            "User created. No email can be sent to this login: set a password.",
            "link-sent",
            "An email with a link to set a password is on its way.",
            "invitation-revoked",
            "The invitation is revoked: its links no longer work. The user can still request another one on the"
                    + " sign-in page. To prevent that, untick \"Can sign in\".",
            "password",
            "The new password is set, and the user is signed out everywhere. Give it to the user.",
            "revoked",
            "The key is revoked.",
            "request-closed",
            "The request is closed. Nothing has been erased.");

    private final AccountMessages messages;

    UserPages(AccountMessages messages) {
        this.messages = messages;
    }

    void add(Routes routes) {
        routes.showOperator(PATH, UserList::show);
        routes.showAdministrator(PATH + "/new", this::showNew);
        routes.acceptAdministrator(PATH + "/new", this::create);
        routes.showOperator(PATH + "/{id}", this::show);
        routes.acceptAdministrator(PATH + "/{id}", this::save).proven();
        routes.acceptAdministrator(PATH + "/{id}/password", this::setPassword).proven();
        routes.acceptAdministrator(PATH + "/{id}/factor/reset", UserPages::resetFactor)
                .proven();
        routes.acceptOperator(PATH + "/{id}/link", Permission.RESEND, this::sendLink);
        routes.acceptAdministrator(PATH + "/{id}/invitation/revoke", UserPages::revokeInvitation);
        routes.showAdministrator(PATH + "/{id}/keys/{key}/revoke", UserPages::askRevokingKey);
        routes.acceptAdministrator(PATH + "/{id}/keys/{key}/revoke", UserPages::revokeKey);
        routes.acceptAdministrator(PATH + "/{id}/export", this::export).proven();
        routes.showAdministrator(PATH + "/{id}/erase", UserPages::showErase);
        routes.acceptAdministrator(PATH + "/{id}/erase", UserPages::erase).proven();
        routes.acceptAdministrator(PATH + "/{id}/erasure/withdraw", UserPages::closeRequest);
    }

    private void showNew(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, 200, "New user", newUser(new Form()));
    }

    private void create(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, LOGIN, "name", UserView.ROLE);
        form.require("name", "Enter a name.");
        form.require(LOGIN, "Enter a login, usually an email address.");
        String password = exchange.rawParam("password");
        boolean invited = password.isEmpty() && messages.possible();
        if (password.isEmpty() && !invited) {
            form.refuse("password", "Enter a password.");
        } else if (invited && form.value(LOGIN).indexOf('@') < 0) {
            form.refuse(
                    "password",
                    "Enter a password: the login is no email address, so the user cannot get a link to choose one.");
        }
        if (form.isFine()) {
            try {
                User user = visitor.saas()
                        .accounts()
                        .create(NewUser.builder(form.value(LOGIN), form.value("name"))
                                .password(invited ? null : password)
                                .role(role(form))
                                .build());
                String done = invited ? reachable(user) ? "invited" : "unreachable" : "created";
                if (done.equals("invited")) {
                    messages.invite(exchange, visitor, user);
                }
                exchange.redirect(PATH + "/" + user.id() + "?done=" + done);
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        render(exchange, 422, "New user", newUser(form));
    }

    private UserView newUser(Form form) {
        return new UserView(
                0,
                "",
                false,
                form,
                new Form(),
                new Form(),
                List.of(),
                Moment.orElse(null, ""),
                List.of(),
                new UserView.Mail(messages.possible(), Moment.orElse(null, "")),
                false,
                "");
    }

    private void sendLink(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        if (!reachable(user)) {
            throw new PageFailure(409, "failure.no-email", "failure.no-email.text");
        }
        messages.invite(exchange, visitor, user);
        exchange.redirect(PATH + "/" + user.id() + "?done=link-sent");
    }

    private static void revokeInvitation(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        visitor.saas().access().revokeInvitation(user.id());
        exchange.redirect(PATH + "/" + user.id() + "?done=invitation-revoked");
    }

    /** Whether the user can get a link to set a password. */
    private boolean reachable(User user) {
        return messages.possible() && user.active() && user.email() != null;
    }

    /** The chosen role. Without one, the account is a customer's. */
    private static Role role(Form form) {
        return UserView.ROLES.stream()
                .filter(each -> each.name().equals(form.value(UserView.ROLE)))
                .findFirst()
                .orElse(Role.PORTAL);
    }

    private static User user(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().accounts().get(new UserId(exchange.pathId("id")));
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        show(exchange, visitor, 200, user, form(user), new Form());
    }

    private static Form form(User user) {
        return new Form()
                .set("name", user.name())
                .set("email", user.email() == null ? "" : user.email())
                .set("active", user.active() ? "true" : "")
                .set(UserView.ROLE, user.role().name());
    }

    private void save(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        Form form = Form.sent(exchange, "name", "email", "active", UserView.ROLE);
        boolean self = isSelf(user, visitor);
        try {
            visitor.saas().accounts().update(user.id(), each -> {
                User named = each.toBuilder()
                        .name(form.value("name"))
                        .email(form.value("email").isEmpty() ? null : form.value("email"))
                        .build();
                // Administrators cannot lock themselves out.
                return self
                        ? named
                        : named.toBuilder()
                                .active(form.ticked("active"))
                                .role(role(form))
                                .build();
            });
        } catch (SaasException e) {
            form.refuse("", AdminInput.refusal(e));
            show(exchange, visitor, 422, user, form, new Form());
            return;
        }
        exchange.redirect(PATH + "/" + user.id() + "?done=saved");
    }

    private void setPassword(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        Form form = new Form();
        try {
            visitor.saas().accounts().setPassword(user.id(), exchange.rawParam("password"));
        } catch (SaasException e) {
            form.refuse("password", AdminInput.refusal(e));
            show(exchange, visitor, 422, user, form(user), form);
            return;
        }
        if (isSelf(user, visitor)) {
            exchange.signIn(user);
        }
        exchange.redirect(PATH + "/" + user.id() + "?done=password");
    }

    private static void resetFactor(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        visitor.saas().secondFactors().reset(user.id());
        exchange.redirect(PATH + "/" + user.id() + "?done=factor-reset");
    }

    private static List<ApiKeyRow> keys(Visitor visitor, User user) {
        Query<ApiKey> theirs =
                Query.where(Filter.equal(ApiKey.USER_ID, user.id().value())).orderBy(ApiKey.NAME);
        return visitor.saas().apiKeys().list(theirs).stream().map(ApiKeyRow::of).toList();
    }

    private static ApiKey key(PortalExchange exchange, Visitor visitor, User user) {
        return visitor.saas()
                .apiKeys()
                .find(new ApiKeyId(exchange.pathId("key")))
                .filter(each -> each.userId() == user.id().value())
                .orElseThrow(PageFailure::notFound);
    }

    private static void askRevokingKey(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        ApiKeyRow row = ApiKeyRow.of(key(exchange, visitor, user));
        String path = PATH + "/" + user.id();
        exchange.render(
                "admin/confirm",
                exchange.page("Revoke the API key " + row.name() + " of " + user.name() + "?", SECTION),
                new ConfirmView(row.consequence(), path + "/keys/" + row.id() + "/revoke", "Revoke key", path));
    }

    private static void revokeKey(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        visitor.saas().apiKeys().revoke(key(exchange, visitor, user).id());
        exchange.redirect(PATH + "/" + user.id() + "?done=revoked");
    }

    private void export(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        CustomerId customer = user.customerId();
        Form form = Download.export(
                exchange, visitor, "customer-" + customer, (exports, out) -> exports.writeCustomer(customer, out));
        if (!form.isFine()) {
            show(exchange, visitor, 422, user, form(user), new Form(), form);
        }
    }

    private static void showErase(PortalExchange exchange, Visitor visitor) throws IOException {
        renderErase(exchange, visitor, 200, user(exchange, visitor), new Form());
    }

    private static void erase(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        Form form = Form.sent(exchange, LOGIN);
        if (!form.value(LOGIN).equals(user.login())) {
            form.refuse(LOGIN, "This is not the login of the account.");
        }
        if (form.isFine()) {
            try {
                Operation erasure = visitor.saas().async().eraseCustomer(user.customerId());
                exchange.redirect(OperationPages.PATH + "/" + erasure.id());
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        renderErase(exchange, visitor, 422, user, form);
    }

    private static void renderErase(PortalExchange exchange, Visitor visitor, int status, User user, Form form)
            throws IOException {
        Filter<Tenant> databases = Filter.and(
                Filter.equal(Tenant.CUSTOMER_ID, user.customerId()),
                Filter.notEqual(Tenant.STATE, TenantState.DELETED));
        exchange.render(
                status,
                "admin/erase",
                exchange.page("Erase the customer of " + user.name(), SECTION),
                new EraseView(
                        user.id().value(),
                        user.login(),
                        visitor.saas().tenants().count(databases),
                        visitor.saas().accounts().count(Filter.equal(User.CUSTOMER_ID, user.customerId())),
                        form));
    }

    /** Closes the request for an erasure, for example because it was refused. */
    private static void closeRequest(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = user(exchange, visitor);
        visitor.saas().erasures().withdraw(user.id());
        exchange.redirect(PATH + "/" + user.id() + "?done=request-closed");
    }

    /** The law gives a month for the answer. */
    private static String request(User user) {
        Instant since = user.erasureRequestedAt();
        return since == null
                ? ""
                : "This user requested the erasure on " + TenantWords.day(since) + ". Answer by "
                        + TenantWords.day(
                                since.atZone(ZoneOffset.UTC).plusMonths(1).toInstant())
                        + ".";
    }

    private static boolean isSelf(User user, Visitor visitor) {
        return user.id().equals(visitor.user().id());
    }

    private void show(PortalExchange exchange, Visitor visitor, int status, User user, Form form, Form password)
            throws IOException {
        show(exchange, visitor, status, user, form, password, new Form());
    }

    private void show(
            PortalExchange exchange, Visitor visitor, int status, User user, Form form, Form password, Form export)
            throws IOException {
        Query<Tenant> owned = Query.where(Filter.equal(Tenant.OWNER_ID, user.id()))
                .orderBy(Tenant.NAME)
                .page(0, MAX_DATABASES);
        List<DatabaseRow> databases = DatabaseRows.of(
                visitor.saas(),
                visitor.saas().tenants().list(owned),
                exchange.site().clock().instant());
        render(
                exchange,
                status,
                user.name(),
                new UserView(
                        user.id().value(),
                        user.login(),
                        isSelf(user, visitor),
                        form,
                        password,
                        export,
                        databases,
                        Moment.of(user.createdAt()),
                        keys(visitor, user),
                        new UserView.Mail(
                                reachable(user),
                                Moment.orElse(
                                        visitor.saas()
                                                .access()
                                                .invitedUntil(user.id())
                                                .orElse(null),
                                        "")),
                        visitor.saas().secondFactors().status(user.id()).on(),
                        request(user)));
    }

    private void render(PortalExchange exchange, int status, String title, UserView view) throws IOException {
        exchange.render(status, "admin/user", exchange.page(title, SECTION, NOTICES.get(exchange.param("done"))), view);
    }
}
