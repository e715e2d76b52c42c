// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.MainRecords;
import dev.allotment.NewUser;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Commands;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.References;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.shared.OdooPasswords;
import dev.allotment.odoo.internal.shared.UserContext;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.OdooTexts;
import dev.allotment.odoo.internal.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** {@code res.users} of the main database: the accounts. A new account is a portal user by default. */
final class UserModel {
    static final String NAME = "res.users";

    private static final Set<String> SIGN_UP_VALUES = Set.of("login", "name", "password", "email", "lang", "tz");
    private static final String GROUPS = "groups_id";
    private static final String LANG = "en_US";
    private static final String ZONE = "UTC";
    private static final User BLANK = User.builder("", "").build();

    private UserModel() {}

    static StoredModel<Saas, User> model() {
        return new StoredModel<>(fields())
                .creating(StoredModel::inTransaction, UserModel::create)
                .updating(StoredModel::inTransaction, UserModel::write)
                .removing(
                        StoredModel::inTransaction,
                        (MainRecords records, long id) -> records.accounts().delete(new UserId(id)))
                .onRecords("request_erasure", MethodSignature.required("ids"), (caller, users, arguments) -> {
                    users.forEach(user -> caller.view().erasures().request(user.id()));
                    return true;
                })
                .onRecords("withdraw_erasure", MethodSignature.required("ids"), (caller, users, arguments) -> {
                    users.forEach(user -> caller.view().erasures().withdraw(user.id()));
                    return true;
                })
                .method("signup", MethodSignature.required("values").optional("token"), UserModel::signUp)
                .method(
                        "change_password",
                        MethodSignature.required("old_passwd", "new_passwd").withContextByPosition(),
                        (caller, arguments) -> OdooPasswords.change(
                                arguments,
                                (old, newPassword) -> caller.view()
                                        .accounts()
                                        .changePassword(new UserId(caller.uid()), old, newPassword)))
                .method("has_group", MethodSignature.required("group_ext_id"), UserModel::hasGroup)
                .method("context_get", MethodSignature.none().withContextByPosition(), UserModel::context);
    }

    private static ModelTableBuilder<Saas, User> fields() {
        return new ModelTableBuilder<Saas, User>(
                        NAME, Saas::accounts, user -> user.id().value())
                .named(User::name, "name", "login")
                .ordered("name", "login")
                .text(
                        "login",
                        "Login",
                        "login",
                        User::login,
                        (user, login) ->
                                user.toBuilder().login(OdooTexts.orEmpty(login)).build())
                .text(
                        "name",
                        "Name",
                        "name",
                        User::name,
                        (user, name) ->
                                user.toBuilder().name(OdooTexts.orEmpty(name)).build())
                .text(
                        "email",
                        "Email",
                        "email",
                        User::email,
                        (user, value) -> user.toBuilder().email(value).build())
                .flag(
                        "active",
                        "Active",
                        "active",
                        User::active,
                        (user, value) -> user.toBuilder().active(value).build())
                .field(Field.<Saas, User>of(
                                "share", FieldType.BOOLEAN, "Share User", "role", ModelTableBuilder.plain(User::portal))
                        .searched(DomainConditions.flag(caller -> Filter.equal(User.ROLE, Role.PORTAL)))
                        .written((user, share) -> user.toBuilder()
                                .role(unshared(user, share.flag()))
                                .build()))
                .field(groups())
                .reference(
                        "partner_id",
                        "Related Partner",
                        PartnerModel.NAME,
                        "customerId",
                        user -> user.customerId().value())
                .text(
                        "lang",
                        "Language",
                        "lang",
                        User::lang,
                        (user, lang) ->
                                user.toBuilder().lang(OdooTexts.or(lang, LANG)).build())
                .text(
                        "tz",
                        "Timezone",
                        "tz",
                        User::tz,
                        (user, zone) ->
                                user.toBuilder().tz(OdooTexts.or(zone, ZONE)).build())
                .instant("create_date", "Created on", "createdAt", User::createdAt)
                .instant("login_date", "Latest authentication", "lastLoginAt", User::lastLoginAt)
                .instant("erasure_requested", "Erasure Requested", "erasureRequestedAt", User::erasureRequestedAt)
                .field(OdooPasswords.field());
    }

    /** Odoo knows regular users and those of the portal. A regular user keeps its role as an operator. */
    private static Role unshared(User user, boolean share) {
        if (share) {
            return Role.PORTAL;
        }
        return user.portal() ? Role.ADMINISTRATOR : user.role();
    }

    private static Field<Saas, User> groups() {
        return Field.<Saas, User>of(
                        GROUPS,
                        FieldType.MANY2MANY,
                        "Groups",
                        null,
                        ModelTableBuilder.plain(user -> MainGroupModel.ids(user.role())))
                .referringTo(MainGroupModel.NAME)
                .searched(References.many(
                        MainGroupModel.NAME,
                        (caller, groups) -> Filter.in(User.ROLE, MainGroupModel.roles(groups)),
                        caller -> Filter.all()))
                .written(UserModel::regrouped);
    }

    /** Groups result from the role. Other changes would be lost, so they are refused. */
    private static User regrouped(User user, Value commands) {
        List<Long> before = MainGroupModel.ids(user.role());
        List<Long> wanted = Commands.applied(commands, before);
        MainGroupModel.requireKnown(wanted);
        boolean same = Set.copyOf(wanted).equals(Set.copyOf(before));
        Role role = same ? user.role() : MainGroupModel.role(wanted);
        if (role == user.role() && !same) {
            throw commands.wrong("a change of the role: link base.group_system to make the user an administrator, or"
                    + " unlink it to make it a portal user. All other groups result from that");
        }
        return user.toBuilder().role(role).build();
    }

    private static long create(MainRecords records, UnaryOperator<User> change, Map<String, Object> values) {
        User written = change.apply(BLANK);
        NewUser user = NewUser.builder(written.login(), written.name())
                .password(OdooPasswords.in(values))
                .email(written.email())
                .role(written.role())
                .active(written.active())
                .lang(written.lang())
                .tz(written.tz())
                .build();
        return records.accounts().create(user).id().value();
    }

    private static void write(MainRecords records, long id, UnaryOperator<User> change, Map<String, Object> values) {
        if (values.containsKey(GROUPS)) {
            requireAdministrator(records);
        }
        OdooTexts.requireNotEmptied(values, "lang", "tz");
        String password = OdooPasswords.toWrite(values);
        if (password == null) {
            records.accounts().update(new UserId(id), change);
        } else {
            records.accounts().update(new UserId(id), change, password);
        }
    }

    /** Also refuses a change that has no effect, since its caller would take it for a success. */
    private static void requireAdministrator(MainRecords records) {
        try {
            Administrators.require(records);
        } catch (SaasException e) {
            throw Faults.notAllowed(NAME, "write", "only administrators can change the groups of a user");
        }
    }

    private static Object signUp(OdooCaller<Saas> caller, OdooArguments arguments) {
        Map<String, Object> values = arguments.get("values").struct();
        for (String key : values.keySet()) {
            if (!SIGN_UP_VALUES.contains(key)) {
                throw Faults.invalidField(key, NAME);
            }
        }
        if (!arguments.get("token").absent()) {
            throw Faults.userError("Signup token is not valid: invitations by token are not supported.");
        }
        String login = text(values, "login");
        String password = text(values, "password");
        String email = text(values, "email");
        try {
            caller.view()
                    .accounts()
                    .signUp(SignUp.builder(login, text(values, "name"), password)
                            .email(email.isEmpty() ? null : email)
                            .lang(OdooTexts.or(text(values, "lang"), LANG))
                            .tz(OdooTexts.or(text(values, "tz"), ZONE))
                            .build());
        } catch (SaasException error) {
            throw refused(error);
        }
        return List.of(login, password);
    }

    /** Translates the two errors for which clients of Odoo expect its own sentences. */
    private static RuntimeException refused(SaasException error) {
        return switch (error.code()) {
            case ErrorCodes.ACCOUNT_LOGIN_TAKEN ->
                Faults.userError("Another user is already registered using this email address.");
            case ErrorCodes.ACCOUNT_SIGNUP_OFF -> Faults.userError("Signup is not allowed for uninvited users");
            default -> error;
        };
    }

    private static String text(Map<String, Object> values, String key) {
        Value value = new Value(OdooFault.Kind.VALIDATION, key + " of signup", values.get(key));
        return value.absent() ? "" : value.text();
    }

    private static Object hasGroup(OdooCaller<Saas> caller, OdooArguments arguments) {
        String xmlId = arguments.get("group_ext_id").text();
        return MainGroupModel.of(self(caller).role()).stream()
                .anyMatch(group -> group.xmlId().equals(xmlId));
    }

    private static Object context(OdooCaller<Saas> caller, OdooArguments arguments) {
        User user = self(caller);
        return UserContext.of(user.lang(), user.tz(), caller.uid());
    }

    private static User self(OdooCaller<Saas> caller) {
        return caller.view().accounts().get(new UserId(caller.uid()));
    }
}
