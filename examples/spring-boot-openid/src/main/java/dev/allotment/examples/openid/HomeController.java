// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.openid;

import dev.allotment.springboot.SignedInMember;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says who the visitor is. */
@RestController
class HomeController {
    @GetMapping("/")
    String home(@AuthenticationPrincipal SignedInMember user) {
        return user.getName() + " of " + user.tenant().name();
    }
}
