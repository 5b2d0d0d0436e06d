#pragma once

#include <string>
#include <type_traits>
#include <variant>

#include "skein/v1/dispatch_service.pb.h"
#include "skein/v1/fleet_service.pb.h"
#include "skein/v1/network_service.pb.h"

// The calls that clients under torture make, whatever carries them.
namespace skein::torture {

template <template <class> class Message>
using EachMethod =
    std::variant<Message<v1::CreateNetworkRequest>, Message<v1::GetNetworkRequest>,
                 Message<v1::IngestEventRequest>, Message<v1::SubmitTripRequest>,
                 Message<v1::CancelTripRequest>, Message<v1::IssueAdvisoryRequest>,
                 Message<v1::GroundAircraftRequest>, Message<v1::ReturnAircraftRequest>,
                 Message<v1::RequestDecisionRequest>, Message<v1::DispatchAllRequest>>;

// Method<Request>: the name of a method and its answer.
template <class RequestMessage>
struct Method;
#define SKEIN_METHOD(Name)                 \
  template <>                              \
  struct Method<v1::Name##Request> {       \
    using Response = v1::Name##Response;   \
    static constexpr char kName[] = #Name; \
  };
SKEIN_METHOD(CreateNetwork)
SKEIN_METHOD(GetNetwork)
SKEIN_METHOD(IngestEvent)
SKEIN_METHOD(SubmitTrip)
SKEIN_METHOD(CancelTrip)
SKEIN_METHOD(IssueAdvisory)
SKEIN_METHOD(GroundAircraft)
SKEIN_METHOD(ReturnAircraft)
SKEIN_METHOD(RequestDecision)
SKEIN_METHOD(DispatchAll)
#undef SKEIN_METHOD

template <class RequestMessage>
using ResponseOf = typename Method<RequestMessage>::Response;

using Request = EachMethod<std::type_identity_t>;
using Response = EachMethod<ResponseOf>;

inline std::string MethodOf(const Request& request) {
  return std::visit(
      [](const auto& message) {
        return std::string(Method<std::decay_t<decltype(message)>>::kName);
      },
      request);
}

// The request id of a mutation; empty for other requests.
inline std::string RequestIdOf(const Request& request) {
  return std::visit(
      [](const auto& message) -> std::string {
        if constexpr (requires { message.request_id(); }) return message.request_id();
        return "";
      },
      request);
}

inline std::string BytesOf(const Response& response) {
  return std::visit([](const auto& message) { return message.SerializeAsString(); }, response);
}

}  // namespace skein::torture
