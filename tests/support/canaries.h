// Secrets and personal data that the tests hand to the programs. None of them may ever be in a log: after a run
// tools/check_logs.py reads this file and looks for every one of them in every log. Test code only.
#pragma once

namespace usher {

inline constexpr char kCanaryWebhookSecret[] = "whsec_canary_5d0e7a91c3";
inline constexpr char kCanaryPayloadKey[] = "ca4a41ca4a41ca4a41ca4a41ca4a41ca4a41ca4a41ca4a41ca4a41ca4a41ca41";
inline constexpr char kCanaryClerkKey[] = "sk_live_canary8c1f";
inline constexpr char kCanaryAuthorization[] = "Y2FuYXJ5OmF1dGhvcml6YXRpb24";
inline constexpr char kCanaryEmail[] = "canary.person@mail.example";
inline constexpr char kCanaryPersonName[] = "Canary Personsdottir";
inline constexpr char kCanaryCard[] = "4000056655665556";

}  // namespace usher
