// The dashboards by the names of their files.
import {dispatchQuality} from './dispatch_quality';
import {operations} from './operations';
import {serviceHealth} from './service_health';

export const dashboards = {
  operations,
  dispatch_quality: dispatchQuality,
  service_health: serviceHealth,
};
