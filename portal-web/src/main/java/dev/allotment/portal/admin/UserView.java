// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Role;
import dev.allotment.portal.account.ApiKeyRow;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.RoleWords;
import java.util.List;

/**
 * The content of the page of an account.
 *
 * @param id 0 for a new account
 * @param self whether it is the visitor's own account
 * @param mail about links to set a password
 * @param factor whether the account has a second factor
 * @param request says since when the user requests an erasure; empty: it does not
 */
public record UserView(
        long id,
        String login,
        boolean self,
        Form form,
        Form password,
        Form export,
        List<DatabaseRow> databases,
        Moment since,
        List<ApiKeyRow> keys,
        Mail mail,
        boolean factor,
        String request) {
    static final String ROLE = "role";
    /** The roles of operators. */
    static final List<Role> ROLES = List.of(Role.READER, Role.BILLING, Role.SUPPORT, Role.ADMINISTRATOR);

    public UserView {
        databases = List.copyOf(databases);
        keys = List.copyOf(keys);
    }

    /** The role of accounts that are no operators. */
    public String customer() {
        return RoleWords.description(Role.PORTAL);
    }

    /** The roles of operators. */
    public List<SelectOption> roles() {
        return ROLES.stream()
                .map(each -> new SelectOption(
                        each.name(), RoleWords.description(each), each.name().equals(form.value(ROLE))))
                .toList();
    }

    /**
     * Whether the user can get a link to set a password by email.
     *
     * @param possible for a new account, if its login is an address
     * @param invited until when a user who has never signed in can use such a link
     */
    public record Mail(boolean possible, Moment invited) {}
}
