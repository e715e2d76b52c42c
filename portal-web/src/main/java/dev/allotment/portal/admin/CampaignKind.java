// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Saas;
import dev.allotment.fleet.Server;
import dev.allotment.portal.web.Choice;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a campaign that is started on a page changes. */
public enum CampaignKind {
    SCHEMA("Migrate the tenant schema", "To the version that the application of this server has.") {
        @Override
        boolean isPossible(Saas saas) {
            return saas.campaigns().versions().schemaVersion() != null;
        }
    },
    ADDONS("Update add-ons", "To the versions that this server has, where they are installed.") {
        @Override
        boolean isPossible(Saas saas) {
            return !choices(saas).isEmpty();
        }

        @Override
        List<Choice> choices(Saas saas) {
            return names(saas.campaigns().versions().addonVersions().keySet().stream()
                    .sorted()
                    .toList());
        }
    },
    ACTION("Run an action", "One that your application has registered.") {
        @Override
        boolean isPossible(Saas saas) {
            return !choices(saas).isEmpty();
        }

        @Override
        List<Choice> choices(Saas saas) {
            return names(saas.campaigns().actions());
        }
    },
    MOVE("Move to another server", "Each database is closed while it is copied, unless the move is live.") {
        @Override
        boolean isPossible(Saas saas) {
            return choices(saas).size() > 1;
        }

        @Override
        List<Choice> choices(Saas saas) {
            return Choices.servers(saas, Server::inService);
        }
    },
    PLAN(
            "Switch to a plan",
            "To the version of the plan that is sold now. A database that exceeds a limit of the plan, or would lose"
                    + " add-ons, is not changed.") {
        @Override
        boolean isPossible(Saas saas) {
            return !choices(saas).isEmpty();
        }

        @Override
        List<Choice> choices(Saas saas) {
            return Choices.plans(saas);
        }
    },
    SWITCH_BACK("Switch back to earlier plans", "Takes a campaign back that switched databases to a plan.") {
        @Override
        boolean isPossible(Saas saas) {
            return !choices(saas).isEmpty();
        }

        @Override
        List<Choice> choices(Saas saas) {
            return CampaignWords.planChanges(saas);
        }
    };

    private final String title;
    private final String hint;

    CampaignKind(String title, String hint) {
        this.title = title;
        this.hint = hint;
    }

    /** Its name in addresses and forms. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    /** What it does. */
    public String hint() {
        return hint;
    }

    /** Whether this node has what such a campaign needs. */
    abstract boolean isPossible(Saas saas);

    /** What to choose from. */
    List<Choice> choices(Saas saas) {
        return List.of();
    }

    static Optional<CampaignKind> of(String code) {
        return Arrays.stream(values()).filter(each -> each.code().equals(code)).findFirst();
    }

    private static List<Choice> names(List<String> names) {
        return names.stream().map(each -> new Choice(each, each)).toList();
    }
}
