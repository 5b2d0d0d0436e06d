#include "server/console/console_server.h"

#include <regex>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/codec/json.h"
#include "proto/codec/resource_name.h"
#include "server/console/ask.h"
#include "server/console/console_assets.h"
#include "server/console/host_check.h"
#include "server/console/viewer.h"
#include "skein/v1/console.pb.h"

namespace skein::server {
namespace {

constexpr int kOtherThreads = 4;  // for what is not a stream
constexpr int kNetworksListed = 1000;
constexpr std::chrono::milliseconds kFarewell{1'000};

// Scripts, styles, pictures and requests from here only, nothing in the page itself, no frames.
constexpr char kContentPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

int HttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk: return 200;
    case absl::StatusCode::kInvalidArgument: return 400;
    case absl::StatusCode::kNotFound: return 404;
    case absl::StatusCode::kFailedPrecondition: return 409;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable: return 503;
    case absl::StatusCode::kDeadlineExceeded: return 504;
    default: return 500;
  }
}

void SetError(int status, const std::string& message, httplib::Response* response) {
  response->status = status;
  response->set_content(absl::StrCat(message, "\n"), "text/plain; charset=utf-8");
}

template <class Message>
void SetAnswer(const absl::StatusOr<Message>& answer, httplib::Response* response) {
  if (answer.ok())
    response->set_content(codec::ToJson(*answer), "application/json");
  else
    SetError(HttpStatus(answer.status().code()), std::string(answer.status().message()), response);
}

void SetSecurityHeaders(httplib::Response* response) {
  response->set_header("Content-Security-Policy", kContentPolicy);
  response->set_header("X-Content-Type-Options", "nosniff");
  response->set_header("X-Frame-Options", "DENY");
  response->set_header("Referrer-Policy", "no-referrer");
  response->set_header("Cross-Origin-Opener-Policy", "same-origin");
  response->set_header("Cross-Origin-Resource-Policy", "same-origin");
  response->set_header("Cache-Control", "no-store");
}

}  // namespace

ConsoleServer::ConsoleServer(ConsoleOptions options, ConsoleParts parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      feeds_(parts_.controller, parts_.policies, *parts_.clock, options_.refresh) {}

absl::StatusOr<std::unique_ptr<ConsoleServer>> ConsoleServer::Start(ConsoleOptions options,
                                                                    ConsoleParts parts) {
  std::unique_ptr<ConsoleServer> console(new ConsoleServer(std::move(options), std::move(parts)));
  HttpServer::Options http;
  http.host = console->options_.host;
  http.port = console->options_.port;
  http.threads = console->options_.max_viewers + kOtherThreads;
  http.deadlines = console->options_.deadlines;
  SKEIN_ASSIGN_OR_RETURN(
      console->http_,
      HttpServer::Start(http, [self = console.get()](const auto& request, auto& response) {
        self->Answer(request, response);
      }));
  return console;
}

ConsoleServer::~ConsoleServer() { Stop(); }

std::string ConsoleServer::address() const {
  return absl::StrCat(options_.host, ":", http_->port());
}

void ConsoleServer::Stop() {
  feeds_.Close();
  {
    MutexLock lock(&mutex_);
    mutex_.AwaitFor(kFarewell, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return viewers_ == 0; });
  }
  if (http_ != nullptr) http_->Stop();
}

void ConsoleServer::Answer(const httplib::Request& request, httplib::Response& response) {
  SetSecurityHeaders(&response);
  if (!IsOurHost(request.get_header_value("Host"), options_.host_names))
    return SetError(421,
                    "this is not the console's name: ask by address, or add the name to "
                    "consoleHosts of the configuration",
                    &response);
  if (request.method != "GET") {
    response.set_header("Allow", "GET");
    return SetError(405, "the console only reads", &response);
  }
  if (const ConsoleAsset* asset = FindConsoleAsset(request.path); asset != nullptr)
    return response.set_content(asset->content.data(), asset->content.size(),
                                std::string(asset->content_type));
  if (request.path == "/v1/networks") return ListNetworks(response);
  static const std::regex kNetwork("/v1/networks/([^/]{1,64})/(.{1,64})");
  std::smatch parts;
  if (std::regex_match(request.path, parts, kNetwork))
    return AnswerNetwork(parts[1], parts[2], request, response);
  SetError(404, "there is nothing here", &response);
}

void ConsoleServer::ListNetworks(httplib::Response& response) {
  v1::ListNetworksRequest first;
  first.set_page_size(kNetworksListed);
  SetAnswer(Ask(parts_.controller, &Controller::ListNetworks, first).Get(), &response);
}

void ConsoleServer::AnswerNetwork(const std::string& id, const std::string& what,
                                  const httplib::Request& request, httplib::Response& response) {
  const std::string network = codec::NetworkName(id);
  const std::string kDecisions = "decisions/";
  if (what == "stream") return Stream(network, request, response);
  if (what == "scenario") {
    v1::GetScenarioRequest asked;
    asked.set_network(network);
    return SetAnswer(Ask(parts_.controller, &Controller::GetScenario, asked).Get(), &response);
  }
  std::int64_t number = 0;
  if (what.starts_with(kDecisions) && absl::SimpleAtoi(what.substr(kDecisions.size()), &number)) {
    v1::GetDecisionRequest asked;
    asked.set_network(network);
    asked.set_decision(number);
    return SetAnswer(Ask(parts_.controller, &Controller::GetDecision, asked).Get(), &response);
  }
  SetError(404, "there is nothing here", &response);
}

void ConsoleServer::Stream(const std::string& network, const httplib::Request& request,
                           httplib::Response& response) {
  v1::GetNetworkRequest asked;
  asked.set_name(network);
  const auto known = Ask(parts_.controller, &Controller::GetNetwork, asked).Get();
  if (!known.ok()) return SetAnswer(known, &response);
  std::shared_ptr<void> place = TakePlace();
  if (place == nullptr) {
    response.set_header("Retry-After", "10");
    return SetError(503, absl::StrCat("the console has ", options_.max_viewers, " viewers already"),
                    &response);
  }
  v1::ConsoleGreeting greeting;
  greeting.set_version(parts_.version);
  greeting.set_commit(parts_.commit);
  greeting.set_unix_ms(parts_.clock->unix_ms());
  const auto viewer = std::make_shared<Viewer>(
      std::move(place), feeds_.Of(network), request.get_header_value("Last-Event-ID"),
      absl::StrCat("retry: 1000\nevent: greeting\ndata: ", codec::ToJson(greeting), "\n\n"));
  response.set_header("X-Accel-Buffering", "no");  // a proxy must not hold events back
  response.set_chunked_content_provider(
      "text/event-stream",
      [viewer](std::size_t, httplib::DataSink& sink) { return viewer->Send(sink); });
}

std::shared_ptr<void> ConsoleServer::TakePlace() {
  MutexLock lock(&mutex_);
  if (viewers_ >= options_.max_viewers) return nullptr;
  ++viewers_;
  return {this, [this](void*) {
            MutexLock leaving(&mutex_);
            --viewers_;
          }};
}

}  // namespace skein::server
