// The console: what it answers, whom it refuses, and what its streams tell.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <list>
#include <string>
#include <thread>

#include "proto/codec/json.h"
#include "server/console/console_server.h"
#include "server/console/host_check.h"
#include "server/console/policy_monitor.h"
#include "skein/v1/console.pb.h"
#include "tests/server/harness.h"
#include "tests/server/viewing.h"

namespace skein::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(HostCheckTest, TakesAddressesLocalhostAndGivenNames) {
  const std::vector<std::string> names = {"Ops.example.com"};

  for (const char* ours : {"127.0.0.1:9465", "127.0.0.1", "[::1]:9465", "[::1]", "localhost:1",
                           "LOCALHOST", "10.1.2.3:80", "ops.example.com:9465"})
    EXPECT_TRUE(IsOurHost(ours, names)) << ours;
  for (const char* other : {"", ":80", "evil.com", "evil.com:9465", "localhost.evil.com",
                            "127.0.0.1.evil.com", "[evil.com]", "127.0.0.1:x", "::1", "1.2.3"})
    EXPECT_FALSE(IsOurHost(other, names)) << other;
}

class ConsoleTest : public ControllerTest {
 protected:
  ConsoleTest() {
    auto policies = std::make_unique<PolicyMonitor>(&no_metrics_);
    policies_ = policies.get();
    metrics_ = policies_;
    owned_metrics_ = std::move(policies);  // as the controller records until it is gone
    Restart();
    console_options_.refresh = std::chrono::milliseconds(10);
  }

  void SetUp() override {
    ASSERT_TRUE(Create("a").ok());
    ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
    for (const char* aircraft : {"N1", "N2", "N3"})
      ASSERT_TRUE(Decide("a", aircraft, aircraft).ok());
  }
  void TearDown() override { console_.reset(); }

  ConsoleParts Parts() {
    return {.controller = &controller(),
            .policies = policies_,
            .clock = &clock_,
            .version = "1.2.3",
            .commit = "abc"};
  }
  void StartConsole() {
    auto started = ConsoleServer::Start(console_options_, Parts());
    ASSERT_TRUE(started.ok()) << started.status();
    console_ = std::move(started).value();
    const std::string address = console_->address();
    port_ = std::stoi(address.substr(address.rfind(':') + 1));
  }

  // The answer to a GET; status −1 if there is none.
  httplib::Response Get(const std::string& path, const httplib::Headers& headers = {}) {
    httplib::Client client("127.0.0.1", port_);
    const auto result = client.Get(path, headers);
    return result ? *result : httplib::Response();
  }
  // A connection that has sent `text` and nothing more.
  int Connect(const std::string& text) const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(send(socket, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    return socket;
  }

  ConsoleOptions console_options_;
  PolicyMonitor* policies_ = nullptr;
  std::unique_ptr<ConsoleServer> console_;
  int port_ = 0;
};

TEST_F(ConsoleTest, ServesThePageAndForbidsItEverythingElse) {
  StartConsole();

  for (const char* path : {"/", "/main.js", "/style.css", "/icon.svg", "/v1/networks", "/none"}) {
    const httplib::Response answer = Get(path);

    EXPECT_EQ(answer.status, std::string(path) == "/none" ? 404 : 200) << path;
    EXPECT_THAT(answer.get_header_value("Content-Security-Policy"),
                AllOf(HasSubstr("default-src 'none'"), HasSubstr("script-src 'self'"),
                      HasSubstr("frame-ancestors 'none'"), Not(HasSubstr("unsafe"))));
    EXPECT_EQ(answer.get_header_value("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.get_header_value("Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_EQ(answer.get_header_value("Cache-Control"), "no-store");
    EXPECT_EQ(answer.get_header_value("Access-Control-Allow-Origin"), "");
  }
  EXPECT_THAT(Get("/").body, HasSubstr("<title>Skein console</title>"));
  EXPECT_EQ(Get("/main.js").get_header_value("Content-Type"), "text/javascript; charset=utf-8");
}

TEST_F(ConsoleTest, RefusesOtherHostsAndOtherMethods) {
  console_options_.host_names = {"ops.example.com"};
  StartConsole();

  EXPECT_EQ(Get("/", {{"Host", "evil.com"}}).status, 421);
  EXPECT_EQ(Get("/v1/networks", {{"Host", "evil.com"}}).status, 421);
  EXPECT_EQ(Get("/v1/networks/a/stream", {{"Host", "evil.com"}}).status, 421);
  EXPECT_EQ(Get("/", {{"Host", "ops.example.com"}}).status, 200);
  httplib::Client client("127.0.0.1", port_);
  for (const auto& result :
       {client.Post("/v1/networks"), client.Put("/", "x", "text/plain"),
        client.Delete("/v1/networks/a"), client.Options("/"), client.Head("/")}) {
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, 405);
    EXPECT_EQ(result->get_header_value("Allow"), "GET");
  }
}

TEST_F(ConsoleTest, AnswersWithTheMessagesOfTheApi) {
  StartConsole();
  v1::GetScenarioRequest of_scenario;
  of_scenario.set_network("networks/a");
  v1::GetDecisionRequest of_decision;
  of_decision.set_network("networks/a");

  EXPECT_EQ(Get("/v1/networks").body, codec::ToJson(*Ask(controller(), &Controller::ListNetworks,
                                                         v1::ListNetworksRequest())));
  EXPECT_EQ(Get("/v1/networks/a/scenario").body,
            codec::ToJson(*Ask(controller(), &Controller::GetScenario, of_scenario)));
  EXPECT_EQ(Get("/v1/networks/a/decisions/0").body,
            codec::ToJson(*Ask(controller(), &Controller::GetDecision, of_decision)));
  EXPECT_EQ(Get("/v1/networks").get_header_value("Content-Type"), "application/json");
}

TEST_F(ConsoleTest, SaysWhatIsNotThere) {
  StartConsole();

  EXPECT_THAT(Get("/v1/networks/b/scenario").body, HasSubstr("networks/b does not exist"));
  for (const char* path : {"/v1/networks/b/scenario", "/v1/networks/b/stream",
                           "/v1/networks/a/decisions/77", "/v1/networks/a/decisions/x",
                           "/v1/networks/a/nothing", "/v1/networks/", "/v1", "/../etc/passwd"})
    EXPECT_EQ(Get(path).status, 404) << path;
  EXPECT_EQ(Get("/v1/networks/a%20b/scenario").status, 400);
}

TEST_F(ConsoleTest, StreamsWhatIsAndThenWhatChanges) {
  StartConsole();
  Viewing viewing(port_, "a");

  ASSERT_TRUE(viewing.Await("\nid: "));
  const std::string first = viewing.text();
  ASSERT_TRUE(Advance("a", 2, kOpenMs + 60'000).ok());
  ASSERT_TRUE(viewing.Await("\"timeMs\":\"21660000\",\"journalSequence\""));

  v1::GetFleetRequest of_fleet;
  of_fleet.set_network("networks/a");
  EXPECT_THAT(viewing.text(),
              HasSubstr("event: fleet\ndata: " +
                        codec::ToJson(*Ask(controller(), &Controller::GetFleet, of_fleet)) + "\n"));
  EXPECT_THAT(first, testing::StartsWith("retry: 1000\nevent: greeting\ndata: {\"version\":"
                                         "\"1.2.3\",\"commit\":\"abc\","));
  for (const char* part :
       {"trouble", "network", "fleet", "day", "advisories", "decisions", "policy"})
    EXPECT_THAT(first, HasSubstr("\nevent: " + std::string(part) + "\ndata: {")) << part;
  // Nothing was decided meanwhile.
  EXPECT_THAT(viewing.text().substr(first.size()), Not(HasSubstr("event: decisions")));
}

TEST_F(ConsoleTest, ShowsTheChosenDestinationOfADecisionOnly) {
  StartConsole();
  Viewing viewing(port_, "a");

  ASSERT_TRUE(viewing.Await("event: decisions\ndata: "));
  ASSERT_TRUE(viewing.Await("\nid: "));

  const std::string text = viewing.text();
  const std::size_t begin = text.find("data: ", text.find("event: decisions")) + 6;
  v1::ListDecisionsResponse shown;
  ASSERT_TRUE(codec::FromJson(text.substr(begin, text.find('\n', begin) - begin), &shown).ok());
  ASSERT_EQ(shown.decisions_size(), 3);
  ASSERT_EQ(shown.decisions(0).destinations_size(), 1);
  EXPECT_EQ(shown.decisions(0).destinations(0).destination(), "B");
  EXPECT_EQ(shown.decisions(0).decided_by(), "greedy");
}

TEST_F(ConsoleTest, GoesOnWhereABrowserWas) {
  StartConsole();
  Viewing first(port_, "a");
  ASSERT_TRUE(first.Await("\nid: "));
  const std::string text = first.text();
  const std::size_t begin = text.rfind("id: ") + 4;
  const std::string id = text.substr(begin, text.find('\n', begin) - begin);

  Viewing again(port_, "a", id);
  Viewing stranger(port_, "a", "1-9");
  ASSERT_TRUE(again.Await("event: greeting"));
  ASSERT_TRUE(stranger.Await("\nid: "));
  ASSERT_TRUE(Advance("a", 2, kOpenMs + 60'000).ok());
  ASSERT_TRUE(again.Await("\nid: "));

  EXPECT_THAT(again.text(), AllOf(HasSubstr("event: fleet"), Not(HasSubstr("event: decisions"))));
  EXPECT_THAT(stranger.text(), HasSubstr("event: decisions"));
}

TEST_F(ConsoleTest, KeepsPlacesForWhatIsNotAStream) {
  console_options_.max_viewers = 2;
  StartConsole();
  std::list<Viewing> viewers;
  for (int k = 0; k < 2; ++k) {
    viewers.emplace_back(port_, "a");
    ASSERT_TRUE(viewers.back().Await("\nid: "));
  }

  const httplib::Response third = Get("/v1/networks/a/stream");
  EXPECT_EQ(third.status, 503);
  EXPECT_EQ(third.get_header_value("Retry-After"), "10");
  EXPECT_EQ(Get("/v1/networks").status, 200);

  // A place is free again as soon as its viewer has gone.
  viewers.pop_back();
  int status = 503;
  for (int tries = 0; status == 503 && tries < 4000; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    Viewing next(port_, "a");
    next.Await("\n");
    status = next.status();
  }
  EXPECT_EQ(status, 200);
}

TEST_F(ConsoleTest, AnswersThoughConnectionsAreIdleOrStall) {
  console_options_.max_viewers = 1;
  console_options_.deadlines.request = std::chrono::milliseconds(100);
  StartConsole();
  std::vector<int> stalled;
  for (int k = 0; k < 8; ++k) stalled.push_back(Connect(k % 2 == 0 ? "" : "GET / HTTP/1.1\r\nHo"));

  EXPECT_EQ(Get("/v1/networks").status, 200);

  for (const int socket : stalled) close(socket);
}

TEST_F(ConsoleTest, SaysThatItClosesAndDoesNotWaitForStalledConnections) {
  StartConsole();
  Viewing viewing(port_, "a");
  ASSERT_TRUE(viewing.Await("\nid: "));
  const int stalled = Connect("GET / HTTP/1.1\r\n");
  const auto begun = std::chrono::steady_clock::now();

  console_->Stop();

  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3));
  EXPECT_TRUE(viewing.AwaitEnd());
  EXPECT_THAT(viewing.text(), testing::EndsWith("event: closing\ndata: {}\n\n"));
  close(stalled);
}

TEST_F(ConsoleTest, RefusesAnAddressThatIsTaken) {
  StartConsole();
  console_options_.port = port_;

  const auto second = ConsoleServer::Start(console_options_, Parts());

  EXPECT_THAT(second.status(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(second.status(), MessageHas("in use"));
}

TEST_F(ConsoleTest, SaysWhyTheFiguresAreOld) {
  StartConsole();
  Viewing viewing(port_, "a");
  ASSERT_TRUE(viewing.Await("event: trouble\ndata: {\"message\":\"\"}"));

  controller().Drain();

  EXPECT_TRUE(viewing.Await("event: trouble\ndata: {\"message\":\"the server is shutting down"));
}

TEST_F(ConsoleTest, TellsAllViewersTheSameInTheEnd) {
  StartConsole();
  std::list<Viewing> viewers;
  for (int k = 0; k < 6; ++k) viewers.emplace_back(port_, "a");

  for (int k = 2; k < 60; ++k) ASSERT_TRUE(Advance("a", k, kOpenMs + k * 1000).ok());

  const std::string last = "\"timeMs\":\"21659000\",\"journalSequence\"";
  for (Viewing& viewing : viewers) EXPECT_TRUE(viewing.Await(last)) << viewing.text();
}

}  // namespace
}  // namespace skein::server
