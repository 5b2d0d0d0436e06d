#include "server/metrics/prometheus_writer.h"

namespace skein::server {

void PrometheusWriter::Record(const WriterSample& sample) {
  MutexLock lock(&mutex_);
  if (shown_ == nullptr) {
    auto* in_doubt = Counters(registry_, "skein_store_in_doubt_total");
    shown_ = std::make_unique<Shown>();
    shown_->epoch = &Gauges(registry_, "skein_writer_epoch")->Add({});
    shown_->leads = &Gauges(registry_, "skein_writer_leads")->Add({});
    shown_->connections = &Counters(registry_, "skein_store_connections_total")->Add({});
    shown_->in_doubt_committed = &in_doubt->Add({{"resolved", "committed"}});
    shown_->in_doubt_absent = &in_doubt->Add({{"resolved", "absent"}});
  }
  const auto grow = [](prometheus::Counter* counter, std::int64_t from, std::int64_t to) {
    counter->Increment(static_cast<double>(to - from));
  };
  shown_->epoch->Set(static_cast<double>(sample.epoch));
  shown_->leads->Set(sample.leads ? 1 : 0);
  grow(shown_->connections, shown_->last.store_connections, sample.store_connections);
  grow(shown_->in_doubt_committed, shown_->last.in_doubt_committed, sample.in_doubt_committed);
  grow(shown_->in_doubt_absent, shown_->last.in_doubt_absent, sample.in_doubt_absent);
  shown_->last = sample;
}

}  // namespace skein::server
