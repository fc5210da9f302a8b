/**
 * A page as the profile MFE has it: its framework, its theme, its routes and its slot. What the MFE shows beside the slot
 * is left out; the slot gets properties as there, none of which names the profile.
 */
import React from 'react';
import {createRoot} from 'react-dom/client';
import {APP_INIT_ERROR, APP_READY, initialize, subscribe} from '@edx/frontend-platform';
import {AppProvider, ErrorPage} from '@edx/frontend-platform/react';
import {PluginSlot} from '@openedx/frontend-plugin-framework';
import {Link, Route, Routes, useParams} from 'react-router-dom';

const SLOT = 'org.openedx.frontend.profile.additional_profile_fields.v1';

function Profile() {
  const {username} = useParams();
  const [hasSlot, setHasSlot] = React.useState(true);
  return (
    <div className="container-fluid py-4">
      <h1>Profile of {username}</h1>
      <nav>
        <Link to="/u/ada">ada</Link> <Link to="/u/omar">omar</Link>{' '}
        <button type="button" className="btn btn-primary" onClick={() => setHasSlot(!hasSlot)}>
          Toggle the slot
        </button>
      </nav>
      <div className="row">
        <div className="col-md-6 col-lg-5" id="slot">
          {hasSlot && <PluginSlot id={SLOT} pluginProps={{profileFieldValues: [], profileFieldErrors: {}}} />}
        </div>
        <p className="col" id="beside">
          The rest of the profile
        </p>
      </div>
    </div>
  );
}

const root = createRoot(document.getElementById('root'));
subscribe(APP_READY, () => {
  root.render(
    <AppProvider>
      <main id="main">
        <Routes>
          <Route path="/u/:username" element={<Profile />} />
        </Routes>
      </main>
    </AppProvider>,
  );
});
subscribe(APP_INIT_ERROR, (error) => root.render(<ErrorPage message={error.message} />));
initialize({messages: [{}], requireAuthenticatedUser: true});
